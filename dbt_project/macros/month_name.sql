{# The English name of a month number; date formatting differs between engines and locales, so it is spelt out. #}
{% macro month_name(month_number) -%}
    case {{ month_number }}
        {%- for name in [
            'January', 'February', 'March', 'April', 'May', 'June',
            'July', 'August', 'September', 'October', 'November', 'December',
        ] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
