-- One row a metric and breakdown it is given by; linked_return is the other return that the attribute comes from.
{%- for name in measured_models() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
{% if execute %}
{%- for metric in catalogue_metrics() %}
{%- set linked = metric.model.config.meta.get('linked', {}) %}
{%- for pair in ['total'] + metric.breakdowns %}
{%- set parts = pair.split('*') %}
select
    '{{ metric.id }}' as metric_id,
    '{{ parts[0] }}' as breakdown_1,
    '{{ parts[1] if parts | length > 1 else 'total' }}' as breakdown_2,
    cast({{ literal(linked.get(parts[0], linked.get(parts[-1]))) }} as {{ dbt.type_string() }}) as linked_return
{{ 'union all' if not loop.last }}
{%- endfor %}
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endif %}
