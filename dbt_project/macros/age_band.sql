{# The age band of a whole number of years: codes of the breakdown age_band. #}
{% macro age_band(age) -%}
    case
        when {{ age }} is null then 'unknown'
        when {{ age }} < 5 then 'age_under_5'
        when {{ age }} < 11 then 'age_5_to_10'
        when {{ age }} < 16 then 'age_11_to_15'
        when {{ age }} < 20 then 'age_16_to_19'
        else 'age_20_and_over'
    end
{%- endmacro %}
