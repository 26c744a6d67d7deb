-- Earlier years of an area that was made by splitting or merging others, estimated from theirs. Only where it has no
-- figure of its own, and all that it came from have one of the same source.
{%- set key = ['metric_id', 'geography_basis', 'period_type', 'period_start', 'period_end', 'source'] %}
with changes as (

    select
        changes.*,
        count(*) over (partition by changes.successor_code) as predecessors
    from {{ ref('bridge_geography_predecessor') }} as changes
    left join {{ ref('int_geography__current_code') }} as recodes
        on changes.predecessor_code = recodes.geography_code
    where recodes.geography_code is null

),

totals as (

    select
        figures.*,
        metrics.unit,
        metrics.denominator_label is null as is_amount
    from {{ ref('fct_metric') }} as figures
    inner join {{ ref('dim_metric') }} as metrics
        on
            figures.metric_id = metrics.metric_id
            and figures.period_type = metrics.period_type
            and figures.geography_basis = coalesce(metrics.geography_basis, figures.geography_basis)
    where figures.known_to is null and figures.value_1 = 'total' and figures.value_2 = 'total'

),

added as (

    select
        {%- for column in key %}
        totals.{{ column }},
        {%- endfor %}
        totals.source_priority,
        totals.statistical_status,
        totals.unit,
        changes.successor_code as geography_code,
        changes.changed_on,
        changes.weight_basis,
        max(changes.predecessors) as predecessors,
        count(totals.value) as held,
        count(case when totals.denominator > 0 then totals.numerator end) as counted,
        sum(totals.numerator * changes.share_of_predecessor) as numerator,
        sum(totals.denominator * changes.share_of_predecessor) as denominator,
        sum(totals.value * changes.share_of_predecessor) as shared_out,
        sum(totals.value * changes.weight) as weighted,
        max(case when totals.is_amount then 1 else 0 end) as is_amount
    from totals
    inner join changes on totals.geography_code = changes.predecessor_code and totals.period_end < changes.changed_on
    group by
        {%- for column in key %}
        totals.{{ column }},
        {%- endfor %}
        totals.source_priority,
        totals.statistical_status,
        totals.unit,
        changes.successor_code,
        changes.changed_on,
        changes.weight_basis

),

estimated as (

    select
        added.*,
        case
            when unit = 'count' or (unit = 'gbp' and is_amount = 1) then 'amounts'
            when counted = predecessors and unit in ('percent', 'rate_per_100', 'rate_per_1000', 'ratio') then 'counts'
            else 'rates'
        end as bridge_method,
        row_number() over (
            partition by metric_id, geography_code, geography_basis, period_type, period_start, period_end
            order by source_priority, source
        ) as place
    from added
    -- Medians, weeks and outcomes in words cannot be added up, whatever the weights.
    where held = predecessors and unit in ('percent', 'rate_per_100', 'rate_per_1000', 'ratio', 'count', 'gbp', 'score')

)

select
    estimated.metric_id,
    estimated.geography_code,
    estimated.geography_basis,
    estimated.period_type,
    estimated.period_start,
    estimated.period_end,
    estimated.source,
    estimated.statistical_status,
    case when estimated.bridge_method = 'counts' then estimated.numerator end as numerator,
    case when estimated.bridge_method = 'counts' then estimated.denominator end as denominator,
    case
        when estimated.bridge_method = 'amounts' then estimated.shared_out
        when estimated.bridge_method = 'rates' then estimated.weighted
        else
            estimated.numerator / estimated.denominator
            * case estimated.unit when 'rate_per_1000' then 1000 when 'ratio' then 1 else 100 end
    end as value,
    'bridged' as quality_flags,
    estimated.bridge_method,
    cast(estimated.predecessors as {{ dbt.type_int() }}) as predecessors,
    estimated.weight_basis,
    estimated.changed_on
from estimated
left join totals as own
    on
        estimated.metric_id = own.metric_id
        and estimated.geography_code = own.geography_code
        and estimated.geography_basis = own.geography_basis
        and estimated.period_type = own.period_type
        and estimated.period_start = own.period_start
        and estimated.period_end = own.period_end
where estimated.place = 1 and own.metric_id is null
