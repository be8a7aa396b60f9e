"""Several optimizers on one course, step by step: what the race page plays.

`courses` holds what is raced on, `contenders` who races, `running` one run of one of them, `tuning`
the search for its rate, `picture` the plane that all are drawn on, `page` what the page asks.
"""

__all__: list[str] = []
