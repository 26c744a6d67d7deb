{{ config(materialized='table') }}
{%- for name in measured_models() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
{% if execute %}
{%- set metrics = catalogue_metrics() %}
{%- for model in semantic_models().values() %}
{{ measures(model, metrics) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endif %}
