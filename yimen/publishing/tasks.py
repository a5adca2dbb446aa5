"""Background work of publishing that the clock starts."""

from procrastinate.contrib.django import app

from yimen.publishing import actions


@app.periodic(cron="* * * * *")
@app.task(
    name="yimen.publishing.tasks.follow_schedule",
    queue="publishing",
    queueing_lock="publishing-schedule",
)
def follow_schedule(timestamp: int) -> None:
    """Every minute: publish and take down what editors have set a time for."""
    actions.follow_schedule()
