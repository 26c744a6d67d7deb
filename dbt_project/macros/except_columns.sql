{# `select t.* …` without some columns: DuckDB says exclude, Spark says except. #}
{% macro except_columns(columns) %}{{ return(adapter.dispatch('except_columns')(columns)) }}{% endmacro %}

{% macro default__except_columns(columns) %}except ({{ columns | join(', ') }}){% endmacro %}

{% macro duckdb__except_columns(columns) %}exclude ({{ columns | join(', ') }}){% endmacro %}
