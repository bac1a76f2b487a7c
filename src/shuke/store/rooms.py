"""Rooms: which modules keep tables of their own in the operations database?"""

from shuke.store import (
    annotation_rows,
    automation_rows,
    campaign_rows,
    due_work,
    job_rows,
    list_rows,
    look_rows,
    offer_rows,
    plan_rows,
    rule_setting_rows,
    task_rows,
)

ROOMS = (
    automation_rows,
    campaign_rows,
    due_work,
    job_rows,
    list_rows,
    look_rows,
    offer_rows,
    plan_rows,
    rule_setting_rows,
    annotation_rows,
    task_rows,
)
