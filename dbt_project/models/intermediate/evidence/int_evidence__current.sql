{{ config(materialized='table') }}

-- Each value shown today with what its unit is and the step it is rounded to: 0 where it is computed from counts.
with shown as (

    select
        figures.metric_id,
        figures.geography_code,
        figures.geography_basis,
        figures.period_type,
        figures.period_start,
        figures.period_end,
        figures.breakdown_1,
        figures.value_1,
        figures.breakdown_2,
        figures.value_2,
        figures.source,
        figures.source_priority,
        figures.value,
        metrics.unit,
        metrics.decimals,
        figures.numerator is not null and figures.denominator is not null as from_counts
    from {{ ref('fct_metric') }} as figures
    inner join {{ ref('dim_metric') }} as metrics on figures.metric_id = metrics.metric_id
    where figures.known_to is null and figures.status = 'shown' and figures.value is not null

),

-- The coarsest step that nearly all values of a metric, source and period stand on: a stray finer one does not make the
-- others finer. Few values may stand on a step by chance.
steps as (

    select
        metric_id,
        source,
        period_type,
        period_start,
        period_end,
        case
            when count(*) < 20 then power(10.0, -max(decimals))
            {%- for step in ['1000.0', '100.0', '10.0', '1.0', '0.1', '0.01', '0.001', '0.0001'] %}
            when
                sum(
                    case
                        when abs(value - round(value / {{ step }}) * {{ step }}) < 0.0000001 * greatest(1.0, abs(value))
                            then 1
                        else 0
                    end
                ) >= 0.9 * count(*)
                then {{ step }}
            {%- endfor %}
            else 0.0
        end as step
    from shown
    where not from_counts
    group by metric_id, source, period_type, period_start, period_end

)

select
    shown.*,
    case when shown.from_counts then 0.0 else cast(steps.step as double) end as step
from shown
left join steps
    on
        shown.metric_id = steps.metric_id
        and shown.source = steps.source
        and shown.period_type = steps.period_type
        and shown.period_start = steps.period_start
        and shown.period_end = steps.period_end
