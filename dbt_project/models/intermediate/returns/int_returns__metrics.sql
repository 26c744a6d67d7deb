-- One row a metric that returns answer, as the semantic layer defines it.
{%- for name in measured_models() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
{% if execute %}
{%- set units = {'percent': 100, 'rate_per_1000': 1000, 'rate_per_100': 100, 'ratio': 1} -%}
{%- set methods = {'percent': 'proportion_wilson', 'rate_per_1000': 'rate_byar', 'rate_per_100': 'rate_byar'} -%}
{%- for metric in catalogue_metrics() %}
{%- set meta = metric.meta %}
select
    '{{ metric.id }}' as metric_id,
    '{{ metric.model.config.meta.return }}' as return_name,
    {{ literal(metric.numerator) }} as numerator_measure,
    {{ literal(metric.denominator) }} as denominator_measure,
    {{ literal(metric.node.label) }} as label,
    {{ literal(metric.node.description) }} as description,
    {%- for field in ['short_label', 'family', 'theme', 'numerator_label', 'denominator_label', 'unit', 'polarity',
                      'interval_reason', 'key_reason', 'standard_label', 'caveats'] %}
    cast({{ literal(meta.get(field)) }} as {{ dbt.type_string() }}) as {{ field }},
    {%- endfor %}
    {%- for field in ['domain_row', 'decimals', 'headline_order'] %}
    cast({{ meta.get(field) if meta.get(field) is not none else 'null' }} as {{ dbt.type_int() }}) as {{ field }},
    {%- endfor %}
    cast({{ meta.get('standard_value') if meta.get('standard_value') is not none else 'null' }} as double)
        as standard_value,
    {{ 'true' if meta.get('key_metric') else 'false' }} as key_metric,
    '{{ metric.model.config.meta.period_type }}' as period_type,
    '{{ metric.model.config.meta.geography_basis }}' as geography_basis,
    '{{ methods.get(meta.unit, 'none') if metric.denominator else 'none' }}' as stat_method,
    cast({{ units.get(meta.unit, 1) if metric.denominator else 1 }} as double) as base
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endif %}
