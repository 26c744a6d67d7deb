-- Plans in force at some time in the year before census day, with whether they ended in it.
select
    submission_id || ' ' || namedplantableid as plan_id,
    submission_id,
    geography_code,
    is_current,
    year_start as period_start,
    year_end as period_end,
    sex,
    {{ age_band(years_between('birth_month', 'year_start')) }} as age_band,
    primary_need,
    free_school_meals,
    -- Leaving for another authority and dying are not ends that anybody decided on.
    coalesce(ceasedate between year_start and year_end and ceasereason not in ('5', '8'), false) as ceased
from {{ ref('int_sen2__plans') }}
where coalesce(startdate, year_start) <= year_end and coalesce(ceasedate, year_end) >= year_start
