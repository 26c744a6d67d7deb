{%- set figure_key = [
    'metric_id', 'geography_code', 'geography_basis', 'period_type', 'period_start', 'period_end',
    'breakdown_1', 'value_1', 'breakdown_2', 'value_2',
] -%}

with pairs as (

    select * from {{ ref('int_evidence__pairs_of_sources') }}
    union all
    select * from {{ ref('int_evidence__sums_of_areas') }}

),

-- The first rule of the declared file that fits says how far apart the two may be, and why they are where that is known.
fitting as (

    select
        pairs.*,
        pairs.other_value - pairs.value as difference,
        pairs.rounding
        + coalesce(rules.tolerance_absolute, 0)
        + coalesce(rules.tolerance_percent, 0) / 100 * abs(pairs.value)
        -- Decimal fractions are not exact in binary.
        + 0.000001 as tolerance,
        rules.explanation as declared,
        row_number() over (
            partition by {% for column in figure_key %}pairs.{{ column }}, {% endfor %}pairs.comparison, pairs.source, pairs.other_source
            order by rules.position
        ) as place
    from pairs
    left join {{ ref('stg_published__reconciliations') }} as rules
        on
            coalesce(rules.metric_id, pairs.metric_id) = pairs.metric_id
            and coalesce(rules.unit, pairs.unit) = pairs.unit
            and coalesce(rules.comparison, pairs.comparison) = pairs.comparison
            and coalesce(rules.source, pairs.source) = pairs.source
            and coalesce(rules.other_source, pairs.other_source) = pairs.other_source
            and coalesce(rules.geography_code, pairs.geography_code) = pairs.geography_code
            and coalesce(rules.period_from, pairs.period_start) <= pairs.period_start
            and coalesce(rules.period_to, pairs.period_end) >= pairs.period_end

),

-- What is missing of a sum would be the difference: where one authority is withheld, its number. So neither is told.
judged as (

    select
        fitting.*,
        case
            when areas_missing > 0 then 'not_compared'
            when abs(difference) <= tolerance then 'agrees'
            else 'differs'
        end as outcome
    from fitting
    where place = 1

),

-- What a source said before it was revised: another that still says so has not followed the revision yet.
earlier as (

    select
        {%- for column in figure_key %}
        judged.{{ column }},
        {%- endfor %}
        judged.source,
        judged.other_source,
        max(case when past.source = judged.source and abs(past.value - judged.other_value) <= judged.tolerance then 1 else 0 end)
            as other_is_older,
        max(case when past.source = judged.other_source and abs(past.value - judged.value) <= judged.tolerance then 1 else 0 end)
            as ours_is_older
    from judged
    inner join {{ ref('fct_metric') }} as past
        on
            {%- for column in figure_key %}
            judged.{{ column }} = past.{{ column }} and
            {%- endfor %}
            past.source in (judged.source, judged.other_source)
    where
        judged.outcome = 'differs' and judged.comparison = 'sources' and past.known_to is not null
        and past.status = 'shown'
    group by
        {%- for column in figure_key %}
        judged.{{ column }},
        {%- endfor %}
        judged.source,
        judged.other_source

)

select
    judged.comparison,
    {%- for column in figure_key %}
    judged.{{ column }},
    {%- endfor %}
    judged.source,
    judged.other_source,
    judged.value,
    case when judged.outcome <> 'not_compared' then judged.other_value end as other_value,
    case when judged.outcome <> 'not_compared' then judged.difference end as difference,
    case
        when judged.outcome <> 'not_compared' and judged.value <> 0 then 100 * judged.difference / judged.value
    end as difference_percent,
    judged.tolerance,
    judged.outcome,
    case
        when judged.outcome = 'not_compared'
            then 'Not compared: local authorities that are withheld or absent: '
                || cast(judged.areas_missing as {{ dbt.type_string() }})
        when judged.outcome = 'agrees' then cast(null as {{ dbt.type_string() }})
        when judged.declared is not null then judged.declared
        when earlier.other_is_older = 1 then 'The other source still has the figure as it was before a revision'
        when earlier.ours_is_older = 1 then 'The first source still has the figure as it was before a revision'
        when judged.comparison = 'sources' and abs(judged.difference) <= judged.coarser_step + 0.000001 then 'Rounded differently'
        else 'unexplained'
    end as explanation,
    judged.areas_added,
    judged.areas_missing
from judged
left join earlier
    on
        {%- for column in figure_key %}
        judged.{{ column }} = earlier.{{ column }} and
        {%- endfor %}
        judged.source = earlier.source
        and judged.other_source = earlier.other_source
        and judged.comparison = 'sources'
