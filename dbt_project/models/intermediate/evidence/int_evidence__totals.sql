-- Totals of today in the period type and on the basis of their metric, one row an area and period whatever the sources.
select
    figures.metric_id,
    areas.level,
    figures.geography_code,
    figures.period_type,
    figures.period_start,
    figures.period_end,
    max(case when figures.status = 'shown' then 1 else 0 end) as is_shown
from {{ ref('fct_metric') }} as figures
inner join {{ ref('dim_metric') }} as metrics
    on
        figures.metric_id = metrics.metric_id
        and figures.period_type = metrics.period_type
        and figures.geography_basis = coalesce(metrics.geography_basis, figures.geography_basis)
inner join {{ ref('dim_geography') }} as areas on figures.geography_code = areas.geography_code
where
    figures.known_to is null and figures.value_1 = 'total' and figures.value_2 = 'total'
    -- What is not public would otherwise be told by its absence.
    and figures.statistical_status <> 'management_information'
group by
    figures.metric_id, areas.level, figures.geography_code, figures.period_type, figures.period_start,
    figures.period_end
