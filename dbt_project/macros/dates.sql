{# Dates that engines count differently. #}
{% macro days_between(first, last) %}{{ return(adapter.dispatch('days_between')(first, last)) }}{% endmacro %}

{% macro default__days_between(first, last) %}datediff({{ last }}, {{ first }}){% endmacro %}

{% macro duckdb__days_between(first, last) %}date_diff('day', {{ first }}, {{ last }}){% endmacro %}

{# Whole years from one date to another. #}
{% macro years_between(first, last) %}{{ return(adapter.dispatch('years_between')(first, last)) }}{% endmacro %}

{% macro default__years_between(first, last) %}cast(floor(months_between({{ last }}, {{ first }}) / 12) as int){% endmacro %}

{% macro duckdb__years_between(first, last) %}date_sub('year', {{ first }}, {{ last }}){% endmacro %}
