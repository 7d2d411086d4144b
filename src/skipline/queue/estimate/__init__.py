"""How long a contact will wait, as a band that is checked against what came.

The queue is played forward from where it stands, by its own rules and without chance: agents come free when their
wrap-up ends and then at the rate they have had, newcomers join at the rate they have had, those who wait give up at the
rate they have had, and each agent takes who would be next by then. When that is the contact in question, so much is the
wait. `play` does that with a `LineView`, which is plain data; `scene` makes one of a queue's state; `learned` has the
rates, all learned from what happened of late.

Around it lies a band that holds 80 % of outcomes: what the last estimates of the same tier and size were wrong by
(`bands`; split-conformal prediction). Where too little is known to play, the last wait of the same tier stands in, and
where there is none of late, there is no estimate.

    forecaster.attach(state)                 # from now on it learns from every event and answers for the state
    forecaster.estimate(state, stay, now)    # the wait that is left: Estimate(seconds, low, high), or None
    forecaster.estimate_for(state, place, now)    # the wait of somebody who joined now
"""
