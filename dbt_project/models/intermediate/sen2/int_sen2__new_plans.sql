-- Plans issued in the year before census day, with how long each took from its request.
with issued as (

    select
        plans.*,
        {{ days_between('receiveddate', 'startdate') }} as days_to_issue
    from {{ ref('int_sen2__plans') }} as plans
    where startdate between year_start and year_end

)

select
    submission_id || ' ' || namedplantableid as plan_id,
    submission_id,
    geography_code,
    is_current,
    year_start as period_start,
    year_end as period_end,
    sex,
    {{ age_band(years_between('birth_month', 'startdate')) }} as age_band,
    primary_need,
    free_school_meals,
    not exception_applies as without_exception,
    not exception_applies and days_to_issue <= 140 as in_20_weeks,
    not exception_applies and days_to_issue > 364 as over_52_weeks
from issued
