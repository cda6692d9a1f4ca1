"""WebSub: hubs that say when a feed has something new, and the polls that this spares."""
