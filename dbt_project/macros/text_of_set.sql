{# One sha256 for a set of texts, whatever order its rows come in: the only text itself when there is just one. #}
{% macro text_of_set(column) %}{{ return(adapter.dispatch('text_of_set')(column)) }}{% endmacro %}

{% macro default__text_of_set(column) -%}
    case when count(*) = 1 then min({{ column }}) else sha2(array_join(sort_array(collect_list({{ column }})), ','), 256) end
{%- endmacro %}

{% macro duckdb__text_of_set(column) -%}
    case when count(*) = 1 then min({{ column }}) else sha256(string_agg({{ column }}, ',' order by {{ column }})) end
{%- endmacro %}
