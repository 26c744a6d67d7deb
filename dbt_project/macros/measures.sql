{# All measures of one semantic model for every submission and every breakdown that the metrics ask for: one scan of the
   fact, one GROUP BY GROUPING SETS. One row a submission, measure and breakdown; a total says "total", never null. #}
{% macro measures(model, metrics) %}
{%- set breakdowns = breakdowns_of(model, metrics) -%}
{%- set key = ['submission_id', 'period_start', 'period_end'] -%}
{%- set dimensions = [] -%}
{%- for pair in breakdowns -%}
    {%- for dimension in pair.split('*') if dimension not in dimensions -%}{%- do dimensions.append(dimension) -%}{%- endfor -%}
{%- endfor -%}
{%- set conditions = _conditions(breakdowns, dimensions) -%}
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
        {{ _breakdown(conditions, 0, false) }} as breakdown_1,
        {{ _breakdown(conditions, 0, true) }} as value_1,
        {{ _breakdown(conditions, 1, false) }} as breakdown_2,
        {{ _breakdown(conditions, 1, true) }} as value_2,
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

{# For each breakdown, which rows are of its grouping set: those grouped by its dimensions and by no others. #}
{% macro _conditions(breakdowns, dimensions) %}
    {% set found = {} %}
    {% for pair in breakdowns %}
        {% set parts = [] %}
        {% for dimension in dimensions %}
            {% do parts.append('grouping(' ~ dimension ~ ') = ' ~ (0 if dimension in pair.split('*') else 1)) %}
        {% endfor %}
        {% do found.update({pair: parts | join(' and ')}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The first (0) or second (1) dimension of a row's grouping set, or its value; "total" where there is none. #}
{% macro _breakdown(conditions, place, is_value) -%}
    {%- set cases = [] -%}
    {%- for pair, condition in conditions.items() if pair.split('*') | length > place -%}
        {%- set dimension = pair.split('*')[place] -%}
        {%- set shown = 'coalesce(' ~ dimension ~ ", 'unknown')" if is_value else "'" ~ dimension ~ "'" -%}
        {%- do cases.append('when ' ~ condition ~ ' then ' ~ shown) -%}
    {%- endfor -%}
    {{ 'case ' ~ cases | join(' ') ~ " else 'total' end" if cases else "'total'" }}
{%- endmacro %}
