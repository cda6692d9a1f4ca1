"""The real daemon against a made-up news web whose day passes faster than ours."""
