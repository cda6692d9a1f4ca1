/* A clock that runs faster, for a program that is preloaded with this: every clock it reads and every time it waits.
 *
 *   cc -shared -fPIC -O2 -o fastclock.so fastclock.c -ldl
 *   FASTCLOCK="60 1790000000.0 5000.0 1772700000.0" LD_PRELOAD=./fastclock.so program
 *
 * FASTCLOCK holds the speed, the real and monotonic times (seconds) from which it counts, so that all processes of one
 * run agree, and the time of day that it shows then. What Python waits with is covered: sleep, poll, select, epoll, locks. CPU clocks stay as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

static double speed = 1.0, real_from, mono_from, begins;

__attribute__((constructor)) static void begin(void) {
    const char *told = getenv("FASTCLOCK");
    if (told && sscanf(told, "%lf %lf %lf %lf", &speed, &real_from, &mono_from, &begins) != 4) speed = 1.0;
}

#define NEXT(name) \
    static __typeof__(name) *next; \
    if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int is_scaled(clockid_t clock) {
    return speed != 1.0 && (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME ||
                            clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE);
}

static int is_real(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }
static double from_of(clockid_t clock) { return is_real(clock) ? real_from : mono_from; }
static double shown_of(clockid_t clock) { return is_real(clock) ? begins : mono_from; }

static double seconds(const struct timespec *t) { return t->tv_sec + t->tv_nsec / 1e9; }

static struct timespec spec(double s) {
    if (s < 0) s = 0;
    struct timespec t = {(time_t)s, (long)((s - (time_t)s) * 1e9)};
    return t;
}

static struct timespec true_time(clockid_t clock, const struct timespec *fast) {
    return spec(from_of(clock) + (seconds(fast) - shown_of(clock)) / speed);
}

int clock_gettime(clockid_t clock, struct timespec *t) {
    NEXT(clock_gettime);
    int got = next(clock, t);
    if (got == 0 && is_scaled(clock)) *t = spec(shown_of(clock) + (seconds(t) - from_of(clock)) * speed);
    return got;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *asked, struct timespec *left) {
    NEXT(clock_nanosleep);
    if (!is_scaled(clock)) return next(clock, flags, asked, left);
    struct timespec truly = flags & TIMER_ABSTIME ? true_time(clock, asked) : spec(seconds(asked) / speed);
    return next(clock, flags, &truly, left);
}

int nanosleep(const struct timespec *asked, struct timespec *left) {
    NEXT(nanosleep);
    struct timespec truly = spec(seconds(asked) / speed);
    return next(&truly, left);
}

static int millis(int asked) { return asked <= 0 ? asked : (int)(asked / speed + 0.999); }

int poll(struct pollfd *fds, nfds_t n, int timeout) {
    NEXT(poll);
    return next(fds, n, millis(timeout));
}

int epoll_wait(int epoll, struct epoll_event *events, int n, int timeout) {
    NEXT(epoll_wait);
    return next(epoll, events, n, millis(timeout));
}

int select(int n, fd_set *restrict r, fd_set *restrict w, fd_set *restrict e, struct timeval *restrict timeout) {
    NEXT(select);
    if (!timeout) return next(n, r, w, e, timeout);
    double truly = (timeout->tv_sec + timeout->tv_usec / 1e6) / speed;
    struct timeval t = {(time_t)truly, (suseconds_t)((truly - (time_t)truly) * 1e6)};
    return next(n, r, w, e, &t);
}

int sem_clockwait(sem_t *restrict s, clockid_t clock, const struct timespec *restrict until) {
    NEXT(sem_clockwait);
    struct timespec truly = is_scaled(clock) ? true_time(clock, until) : *until;
    return next(s, clock, &truly);
}

int sem_timedwait(sem_t *restrict s, const struct timespec *restrict until) {
    NEXT(sem_timedwait);
    struct timespec truly = is_scaled(CLOCK_REALTIME) ? true_time(CLOCK_REALTIME, until) : *until;
    return next(s, &truly);
}

int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m, const struct timespec *restrict until) {
    NEXT(pthread_cond_timedwait);
    /* Python sets CLOCK_MONOTONIC for its conditions; C libraries use the default, CLOCK_REALTIME. */
    clockid_t clock = seconds(until) < begins / 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    struct timespec truly = is_scaled(clock) ? true_time(clock, until) : *until;
    return next(c, m, &truly);
}
