{# What has been accepted of one table of a return, every submission of it; no rows when nothing has been sent in yet.
   On DuckDB the files of the landing folder; elsewhere the table that the landing folder is registered as. #}
{% macro landed(return_name, table) %}{{ return(adapter.dispatch('landed')(return_name, table)) }}{% endmacro %}

{% macro default__landed(return_name, table) %}returns.{{ return_name }}__{{ table }}{% endmacro %}

{% macro duckdb__landed(return_name, table) -%}
    {%- set files = env_var('INCLUSION_LANDED') ~ '/returns/' ~ return_name ~ '/*/*/*/' ~ table ~ '.parquet' -%}
    {%- set nothing_yet = env_var('INCLUSION_CATALOGUE') ~ '/nothing_yet/' ~ return_name ~ '__' ~ table ~ '.parquet' -%}
    {%- set found = execute and run_query("select 1 from glob('" ~ files ~ "') limit 1").rows | length > 0 -%}
    read_parquet('{{ files if found else nothing_yet }}', union_by_name = true, hive_partitioning = false)
{%- endmacro %}
