{# 95% limits of a proportion by Wilson's method, 0 to 1; the same as pipelines/comparison/intervals.py (a test). #}
{% macro wilson_limit(count, total, side) -%}
    {%- set z = '1.959963984540054' -%}
    {%- set sign = '-' if side == 'lower' else '+' -%}
    case
        {% if side == 'lower' %}when {{ count }} = 0 then 0.0{% else %}when {{ count }} = {{ total }} then 1.0{% endif %}
        else (
            2 * {{ count }} + {{ z }} * {{ z }}
            {{ sign }} {{ z }} * sqrt({{ z }} * {{ z }} + 4 * {{ count }} * (1 - {{ count }} / {{ total }}))
        ) / (2 * ({{ total }} + {{ z }} * {{ z }}))
    end
{%- endmacro %}

{# 95% limits of a count of events by Byar's approximation, the exact Poisson ones below ten events. #}
{% macro byar_limit(count, side) -%}
    {%- set z = '1.959963984540054' -%}
    {%- set exact = {
        'lower': ['0', '0.025317807984289897', '0.24220927854396507', '0.6186721228956015', '1.089865373626325',
                  '1.623486390118421', '2.201894253490851', '2.814363051519867', '3.4538321767485023', '4.115373097378334'],
        'upper': ['3.6888794541139354', '5.571643390938898', '7.22468766772396', '8.767273069742323', '10.241588675403694',
                  '11.66833207932267', '13.059474022518685', '14.422675361702376', '15.763189220193313', '17.084803451419166'],
    }[side] -%}
    {%- set base = count if side == 'lower' else '(' ~ count ~ ' + 1)' -%}
    {%- set sign = '-' if side == 'lower' else '+' -%}
    case
        {%- for limit in exact %}
        when {{ count }} = {{ loop.index0 }} then {{ limit }}
        {%- endfor %}
        else {{ base }} * power(1 - 1 / (9 * {{ base }}) {{ sign }} {{ z }} / (3 * sqrt({{ base }})), 3)
    end
{%- endmacro %}
