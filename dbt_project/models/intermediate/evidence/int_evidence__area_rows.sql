{{ config(materialized='table') }}

-- What local authorities have of each metric, source and period, shown or not. Where a former authority and one that
-- replaced it both have a figure, only the one in force when the period ended counts, or children would count twice.
with figures as (

    select
        figures.metric_id,
        figures.geography_code,
        figures.geography_basis,
        figures.period_type,
        figures.period_start,
        figures.period_end,
        figures.source,
        figures.numerator,
        figures.denominator,
        figures.value,
        areas.valid_to,
        -- Nothing to measure is nought children, not a missing area.
        figures.status = 'shown' or coalesce(figures.status = 'not_applicable' and figures.denominator = 0, false)
            as is_held
    from {{ ref('fct_metric') }} as figures
    inner join {{ ref('dim_geography') }} as areas on figures.geography_code = areas.geography_code
    where figures.known_to is null and figures.value_1 = 'total' and figures.value_2 = 'total' and areas.level = 'la'

),

stepped_back as (

    select distinct
        older.metric_id,
        case when older.valid_to < older.period_end then older.geography_code else newer.geography_code end
            as geography_code,
        older.geography_basis,
        older.period_type,
        older.period_start,
        older.period_end,
        older.source
    from figures as older
    inner join {{ ref('bridge_geography_predecessor') }} as changes on older.geography_code = changes.predecessor_code
    inner join figures as newer
        on
            changes.successor_code = newer.geography_code
            and older.metric_id = newer.metric_id
            and older.geography_basis = newer.geography_basis
            and older.period_type = newer.period_type
            and older.period_start = newer.period_start
            and older.period_end = newer.period_end
            and older.source = newer.source

)

select figures.*
from figures
left join stepped_back
    on
        figures.metric_id = stepped_back.metric_id
        and figures.geography_code = stepped_back.geography_code
        and figures.geography_basis = stepped_back.geography_basis
        and figures.period_type = stepped_back.period_type
        and figures.period_start = stepped_back.period_start
        and figures.period_end = stepped_back.period_end
        and figures.source = stepped_back.source
where stepped_back.geography_code is null
