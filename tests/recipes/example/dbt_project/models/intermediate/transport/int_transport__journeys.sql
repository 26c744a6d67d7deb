select
    journeys.submission_id || ' ' || journeys.journeyid as journey_id,
    journeys.submission_id,
    submissions.geography_code,
    submissions.is_current,
    submissions.year_start as period_start,
    submissions.year_end as period_end,
    case journeys.sex when 'F' then 'female' when 'M' then 'male' else 'unknown' end as sex,
    journeys.minutes > 45 as over_45_minutes
from {{ ref('stg_transport__journeys') }} as journeys
inner join {{ ref('int_returns__submissions') }} as submissions on journeys.submission_id = submissions.submission_id
