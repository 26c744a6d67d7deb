-- Returns-based figures in the shape of fct_metric: value, interval and whether they may be shown.
with figures as (

    select
        history.*,
        metrics.period_type,
        metrics.geography_basis,
        metrics.stat_method,
        metrics.unit,
        metrics.base,
        case
            when metrics.denominator_measure is not null and history.denominator = 0 then 'not_applicable'
            -- A share of those who have returned says something; a sum of some of them does not.
            when metrics.denominator_measure is null and history.bodies_returned < history.bodies_expected
                then 'unavailable'
            else 'shown'
        end as status
    from {{ ref('int_returns__history') }} as history
    inner join {{ ref('int_returns__metrics') }} as metrics on history.metric_id = metrics.metric_id

),

counted as (

    select
        figures.*,
        status = 'shown' and stat_method = 'proportion_wilson' as by_wilson,
        status = 'shown' and stat_method = 'rate_byar' as by_byar
    from figures

)

select
    counted.metric_id,
    counted.geography_code,
    counted.geography_basis,
    counted.geography_vintage,
    counted.period_type,
    counted.period_start,
    counted.period_end,
    counted.breakdown_1,
    counted.value_1,
    counted.breakdown_2,
    counted.value_2,
    counted.return_name as source,
    returns.statistical_status,
    case when counted.status <> 'unavailable' then counted.numerator end as numerator,
    counted.denominator,
    case when counted.status = 'shown' then counted.base * counted.numerator / coalesce(counted.denominator, 1) end
        as value,
    case
        when by_wilson then counted.base * {{ wilson_limit('counted.numerator', 'counted.denominator', 'lower') }}
        when by_byar then counted.base * {{ byar_limit('counted.numerator', 'lower') }} / counted.denominator
    end as lower,
    case
        when by_wilson then counted.base * {{ wilson_limit('counted.numerator', 'counted.denominator', 'upper') }}
        when by_byar then counted.base * {{ byar_limit('counted.numerator', 'upper') }} / counted.denominator
    end as upper,
    case when by_wilson then 'wilson' when by_byar then 'byar' else 'none' end as interval_method,
    counted.status,
    case
        when counted.status = 'not_applicable' then 'z: there is nobody to count'
        when counted.status = 'unavailable'
            then 'x: ' || cast(counted.bodies_returned as {{ dbt.type_string() }}) || ' of '
                || cast(counted.bodies_expected as {{ dbt.type_string() }}) || ' bodies have returned'
    end as status_reason,
    counted.quality_flags,
    counted.return_name || '_' || counted.period as release_id,
    counted.return_name as dataset,
    -- The one receipt of a figure; a figure of several has them in bridge_receipt_set.
    receipts.receipt_id,
    counted.known_from,
    counted.known_to,
    receipts.source_file,
    returns.priority as source_priority,
    counted.receipt_set_id
from counted
inner join {{ ref('stg_returns__returns') }} as returns on counted.return_name = returns.return_name
left join {{ ref('stg_returns__receipts') }} as receipts on counted.receipt_set_id = receipts.receipt_id
