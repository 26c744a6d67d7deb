{{ config(materialized='table') }}
{%- for name in measured_models() %}
-- depends_on: {{ ref(name) }}
{%- endfor %}
{% if execute %}
{%- for model in semantic_models().values() if breakdowns_of(model.name) %}
{{ measures(model) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
{% endif %}
