{# All measures of one semantic model for every submission and every breakdown that a metric asks for: one scan of the
   fact, one GROUP BY GROUPING SETS. One row a submission, measure and breakdown; a total says "total", never null. #}
{% macro measures(model) %}
{%- set breakdowns = breakdowns_of(model.name) -%}
{%- set key = ['submission_id', 'period_start', 'period_end'] -%}
{%- set dimensions = [] -%}
{%- for pair in breakdowns -%}
    {%- for dimension in pair.split('*') if dimension not in dimensions -%}{%- do dimensions.append(dimension) -%}{%- endfor -%}
{%- endfor -%}
select
    grouped.submission_id,
    '{{ model.name }}' as semantic_model,
    names.measure,
    grouped.period_start,
    grouped.period_end,
    grouped.breakdown_1,
    grouped.value_1,
    grouped.breakdown_2,
    grouped.value_2,
    case names.measure
        {%- for measure in model.measures %}
        when '{{ measure.name }}' then grouped.{{ measure.name }}
        {%- endfor %}
    end as amount
from (
    select
        {{ key | join(', ') }},
        {{ _breakdown_label(breakdowns, 0, dimensions) }} as breakdown_1,
        {{ _breakdown_value(breakdowns, 0, dimensions) }} as value_1,
        {{ _breakdown_label(breakdowns, 1, dimensions) }} as breakdown_2,
        {{ _breakdown_value(breakdowns, 1, dimensions) }} as value_2,
        {%- for measure in model.measures %}
        {{ _aggregated(model, measure) }} as {{ measure.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(model.model.split("'")[1]) }}
    group by grouping sets (
        ({{ key | join(', ') }}){{ ',' if breakdowns }}
        {%- for pair in breakdowns %}
        ({{ (key + pair.split('*')) | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
) as grouped
cross join (
    {%- for measure in model.measures %}
    select '{{ measure.name }}' as measure{{ ' union all' if not loop.last }}
    {%- endfor %}
) as names
{% endmacro %}

{# Sums and counts add up over submissions; a mean or a median of parts is not that of the whole. #}
{% macro _aggregated(model, measure) -%}
    {%- set expression = measure.expr or measure.name -%}
    {%- if measure.agg == 'sum_boolean' -%}
        cast(sum(case when {{ expression }} then 1 else 0 end) as double)
    {%- elif measure.agg == 'sum' -%}
        cast(sum({{ expression }}) as double)
    {%- elif measure.agg == 'count' -%}
        cast(count({{ expression }}) as double)
    {%- else -%}
        {{ exceptions.raise_compiler_error(model.name ~ '.' ~ measure.name ~ ': ' ~ measure.agg ~ ' does not add up over areas; use sum, sum_boolean or count') }}
    {%- endif -%}
{%- endmacro %}

{# Which grouping set a row is of: the dimensions it is grouped by and no others. #}
{% macro _is_of(pair, dimensions) -%}
    {%- for dimension in dimensions -%}
        grouping({{ dimension }}) = {{ 0 if dimension in pair.split('*') else 1 }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro _breakdown_label(breakdowns, place, dimensions) -%}
    {%- set fitting = [] -%}
    {%- for pair in breakdowns if pair.split('*') | length > place -%}{%- do fitting.append(pair) -%}{%- endfor -%}
    {%- if not fitting -%}'total'{%- else -%}
    case
        {%- for pair in fitting %}
        when {{ _is_of(pair, dimensions) }} then '{{ pair.split('*')[place] }}'
        {%- endfor %}
        else 'total'
    end
    {%- endif -%}
{%- endmacro %}

{% macro _breakdown_value(breakdowns, place, dimensions) -%}
    {%- set fitting = [] -%}
    {%- for pair in breakdowns if pair.split('*') | length > place -%}{%- do fitting.append(pair) -%}{%- endfor -%}
    {%- if not fitting -%}'total'{%- else -%}
    case
        {%- for pair in fitting %}
        when {{ _is_of(pair, dimensions) }} then coalesce({{ pair.split('*')[place] }}, 'unknown')
        {%- endfor %}
        else 'total'
    end
    {%- endif -%}
{%- endmacro %}
