-- Plans in force on census day that were due a review in the year before it: all that the year began with.
select
    plan_id,
    submission_id,
    geography_code,
    is_current,
    year_start as period_start,
    year_end as period_end,
    sex,
    age_band,
    free_school_meals,
    primary_need,
    placement,
    coalesce(reviewmeeting between year_start and year_end, false) as reviewed
from {{ ref('int_sen2__active_plans') }}
where startdate is null or startdate < year_start
