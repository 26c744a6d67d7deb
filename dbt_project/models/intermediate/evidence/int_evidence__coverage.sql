-- Each metric, area and period in which a figure could stand: some area of the same level has one, and the area lived.
with periods as (

    select
        metric_id,
        level,
        period_type,
        period_start,
        period_end,
        dense_rank() over (partition by metric_id, level order by period_end desc) as age
    from {{ ref('int_evidence__totals') }}
    where is_shown = 1
    group by metric_id, level, period_type, period_start, period_end

),

possible as (

    select
        periods.metric_id,
        periods.level,
        areas.geography_code,
        periods.period_type,
        periods.period_start,
        periods.period_end,
        periods.age
    from periods
    inner join {{ ref('dim_geography') }} as areas on periods.level = areas.level
    left join {{ ref('int_geography__current_code') }} as recodes on areas.geography_code = recodes.geography_code
    where
        areas.valid_from <= periods.period_end
        and coalesce(areas.valid_to, periods.period_start) >= periods.period_start
        and recodes.geography_code is null

)

select
    coalesce(possible.metric_id, totals.metric_id) as metric_id,
    coalesce(possible.level, totals.level) as level,
    coalesce(possible.geography_code, totals.geography_code) as geography_code,
    coalesce(possible.period_end, totals.period_end) as period_end,
    possible.age,
    coalesce(totals.is_shown, 0) as is_shown
from possible
full outer join {{ ref('int_evidence__totals') }} as totals
    on
        possible.metric_id = totals.metric_id
        and possible.geography_code = totals.geography_code
        and possible.period_type = totals.period_type
        and possible.period_start = totals.period_start
        and possible.period_end = totals.period_end
