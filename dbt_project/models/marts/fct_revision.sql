{%- set figure_key = [
    'metric_id', 'geography_code', 'geography_basis', 'period_type', 'period_start', 'period_end',
    'breakdown_1', 'value_1', 'breakdown_2', 'value_2', 'source',
] -%}

-- Each figure that followed another of the same source: the one before ended when this one began.
select
    {%- for column in figure_key %}
    newer.{{ column }},
    {%- endfor %}
    newer.statistical_status,
    newer.known_from as revised_on,
    newer.release_id,
    newer.dataset,
    older.release_id as earlier_release_id,
    older.known_from as earlier_known_from,
    older.value as value_before,
    newer.value,
    newer.value - older.value as difference,
    case when older.value <> 0 then 100 * (newer.value - older.value) / older.value end as difference_percent,
    older.numerator as numerator_before,
    newer.numerator,
    older.denominator as denominator_before,
    newer.denominator,
    older.status as status_before,
    newer.status,
    case
        when older.status <> 'shown' and newer.status = 'shown' then 'now_shown'
        when older.status = 'shown' and newer.status <> 'shown' then 'no_longer_shown'
        when older.status <> newer.status then 'other_reason'
        when older.value is distinct from newer.value then 'value'
        else 'counts_only'
    end as change,
    releases.revision_note
from {{ ref('fct_metric') }} as older
inner join {{ ref('fct_metric') }} as newer
    on
        {%- for column in figure_key %}
        older.{{ column }} = newer.{{ column }} and
        {%- endfor %}
        older.known_to = newer.known_from
left join {{ ref('dim_release') }} as releases
    on newer.receipt_id = releases.receipt_id and newer.dataset = releases.dataset
where older.known_to is not null
