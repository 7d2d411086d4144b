"""The contact centre itself: what each event means for the calls in progress. Pure: `handle(centre, event, now)`."""
