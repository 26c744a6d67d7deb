{%- set key = ['metric_id', 'geography_basis', 'period_type', 'period_start', 'period_end', 'source'] -%}

-- Local authorities added up, beside the row that the same source publishes for their region or for England.
with added as (

    select
        {%- for column in key %}
        area_rows.{{ column }},
        {%- endfor %}
        wider.wider_code,
        sum(case when area_rows.is_held then 1 else 0 end) as areas_added,
        sum(case when area_rows.is_held then 0 else 1 end) as withheld,
        sum(case when area_rows.is_held then area_rows.value end) as value,
        sum(case when area_rows.is_held then area_rows.numerator end) as numerator,
        sum(case when area_rows.is_held then area_rows.denominator end) as denominator,
        sum(
            case
                when area_rows.is_held and area_rows.numerator is not null and area_rows.denominator is not null
                    then 1
                else 0
            end
        ) as areas_with_counts
    from {{ ref('int_evidence__area_rows') }} as area_rows
    inner join {{ ref('int_geography__wider_areas') }} as wider on area_rows.geography_code = wider.geography_code
    where wider.wider_code <> area_rows.geography_code
    group by
        {%- for column in key %}
        area_rows.{{ column }},
        {%- endfor %}
        wider.wider_code

),

-- An authority in force at the end of the period that has no row, nor has one that became it or that it became.
covered as (

    select
        {%- for column in key %}
        area_rows.{{ column }},
        {%- endfor %}
        changes.successor_code as geography_code
    from {{ ref('int_evidence__area_rows') }} as area_rows
    inner join {{ ref('bridge_geography_predecessor') }} as changes on area_rows.geography_code = changes.predecessor_code
    union
    select
        {%- for column in key %}
        area_rows.{{ column }},
        {%- endfor %}
        changes.predecessor_code as geography_code
    from {{ ref('int_evidence__area_rows') }} as area_rows
    inner join {{ ref('bridge_geography_predecessor') }} as changes on area_rows.geography_code = changes.successor_code
    union
    select
        {%- for column in key %}
        {{ column }},
        {%- endfor %}
        geography_code
    from {{ ref('int_evidence__area_rows') }}

),

absent as (

    select
        {%- for column in key %}
        added.{{ column }},
        {%- endfor %}
        added.wider_code,
        count(*) as absent
    from added
    inner join {{ ref('int_geography__wider_areas') }} as wider on added.wider_code = wider.wider_code
    inner join {{ ref('dim_geography') }} as areas
        on
            wider.geography_code = areas.geography_code
            and areas.valid_from <= added.period_end
            and coalesce(areas.valid_to, added.period_end) >= added.period_end
    left join {{ ref('int_geography__current_code') }} as recodes on areas.geography_code = recodes.geography_code
    left join covered
        on
            {%- for column in key %}
            added.{{ column }} = covered.{{ column }} and
            {%- endfor %}
            areas.geography_code = covered.geography_code
    where covered.geography_code is null and recodes.geography_code is null
    group by
        {%- for column in key %}
        added.{{ column }},
        {%- endfor %}
        added.wider_code

),

beside as (

    select
        published.metric_id,
        published.unit,
        published.geography_code,
        published.geography_basis,
        published.period_type,
        published.period_start,
        published.period_end,
        published.breakdown_1,
        published.value_1,
        published.breakdown_2,
        published.value_2,
        published.source,
        published.value,
        published.step,
        published.decimals,
        added.areas_added,
        added.value as summed,
        added.numerator,
        added.denominator,
        added.withheld + coalesce(absent.absent, 0) as missing,
        added.areas_with_counts = added.areas_added and added.denominator > 0 as has_counts,
        case published.unit
            when 'percent' then 100 when 'rate_per_100' then 100 when 'rate_per_1000' then 1000 when 'ratio' then 1
        end as base
    from {{ ref('int_evidence__current') }} as published
    inner join added
        on
            {%- for column in key %}
            published.{{ column }} = added.{{ column }} and
            {%- endfor %}
            published.geography_code = added.wider_code
    left join absent
        on
            {%- for column in key %}
            added.{{ column }} = absent.{{ column }} and
            {%- endfor %}
            added.wider_code = absent.wider_code
    where published.value_1 = 'total' and published.value_2 = 'total'

)

select
    case when unit = 'count' then 'sum_of_areas' else 'ratio_of_areas' end as comparison,
    metric_id,
    unit,
    geography_code,
    geography_basis,
    period_type,
    period_start,
    period_end,
    breakdown_1,
    value_1,
    breakdown_2,
    value_2,
    source,
    source as other_source,
    value,
    case when unit = 'count' then summed else base * numerator / denominator end as other_value,
    -- Counts to the nearest 5 or 10 each are off by up to half of it, in either direction; whole numbers are exact. A
    -- share agrees when it does at the decimals shown.
    case
        when unit = 'count' and step <= 1 then 0.0
        when unit = 'count' then step * sqrt(areas_added) / 2
        else greatest(step, power(10.0, -decimals)) / 2
    end as rounding,
    greatest(step, power(10.0, -decimals)) as coarser_step,
    cast(areas_added as {{ dbt.type_int() }}) as areas_added,
    cast(missing as {{ dbt.type_int() }}) as areas_missing
from beside
where unit = 'count' or (has_counts and base is not null)
