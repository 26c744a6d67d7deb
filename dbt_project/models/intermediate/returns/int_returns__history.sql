{{ config(materialized='table') }}

{%- set cut = ['breakdown_1', 'value_1', 'breakdown_2', 'value_2'] -%}
{%- set figure_key = ['metric_id', 'geography_code', 'period_start', 'period_end'] + cut -%}

with metrics as (

    select
        metrics.*,
        breakdowns.breakdown_1,
        breakdowns.breakdown_2,
        breakdowns.linked_return
    from {{ ref('int_returns__metrics') }} as metrics
    inner join {{ ref('int_returns__metric_breakdowns') }} as breakdowns on metrics.metric_id = breakdowns.metric_id

),

by_submission as (

    select
        metrics.metric_id,
        metrics.linked_return,
        numerators.submission_id,
        numerators.period_start,
        numerators.period_end,
        {%- for column in cut %}
        numerators.{{ column }},
        {%- endfor %}
        numerators.amount as numerator,
        case when metrics.denominator_measure is not null then coalesce(denominators.amount, 0) end as denominator
    from metrics
    inner join {{ ref('int_returns__measures') }} as numerators
        on
            metrics.numerator_measure = numerators.measure
            and metrics.breakdown_1 = numerators.breakdown_1
            and metrics.breakdown_2 = numerators.breakdown_2
    left join {{ ref('int_returns__measures') }} as denominators
        on
            metrics.denominator_measure = denominators.measure
            and numerators.submission_id = denominators.submission_id
            and numerators.period_start = denominators.period_start
            and numerators.period_end = denominators.period_end
            {%- for column in cut %}
            and numerators.{{ column }} = denominators.{{ column }}
            {%- endfor %}

),

-- Counts add up over bodies; shares and rates are made from the sums.
by_area as (

    select
        by_submission.metric_id,
        by_submission.linked_return,
        members.return_name,
        members.period,
        members.geography_code,
        members.known_from,
        by_submission.period_start,
        by_submission.period_end,
        {%- for column in cut %}
        by_submission.{{ column }},
        {%- endfor %}
        sum(by_submission.numerator) as numerator,
        sum(by_submission.denominator) as denominator
    from by_submission
    inner join {{ ref('int_returns__state_members') }} as members
        on by_submission.submission_id = members.submission_id
    group by
        by_submission.metric_id,
        by_submission.linked_return,
        members.return_name,
        members.period,
        members.geography_code,
        members.known_from,
        by_submission.period_start,
        by_submission.period_end,
        {%- for column in cut %}
        by_submission.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}

),

-- What an attribute of another return says was not known before that return was in.
linked_from as (

    select
        return_name,
        reference_date,
        max(known_from) as linked_from
    from {{ ref('int_returns__submissions') }}
    where is_current
    group by return_name, reference_date

),

periods as (

    select distinct
        return_name,
        period,
        reference_date,
        geography_vintage
    from {{ ref('int_returns__submissions') }}

),

placed as (

    select
        by_area.*,
        periods.geography_vintage,
        states.receipt_set_id,
        states.bodies_returned,
        states.bodies_expected,
        states.known_to as state_until,
        case
            when linked_from.linked_from > by_area.known_from then linked_from.linked_from else by_area.known_from
        end as state_from,
        sum(case when by_area.value_1 <> 'unknown' then coalesce(by_area.denominator, by_area.numerator) else 0 end)
            over (
                partition by by_area.metric_id, by_area.geography_code, by_area.period, by_area.known_from,
                by_area.period_start, by_area.breakdown_1, by_area.breakdown_2
            ) as linked_records,
        sum(coalesce(by_area.denominator, by_area.numerator))
            over (
                partition by by_area.metric_id, by_area.geography_code, by_area.period, by_area.known_from,
                by_area.period_start, by_area.breakdown_1, by_area.breakdown_2
            ) as records
    from by_area
    inner join periods on by_area.return_name = periods.return_name and by_area.period = periods.period
    inner join {{ ref('int_returns__states') }} as states
        on
            by_area.return_name = states.return_name
            and by_area.period = states.period
            and by_area.geography_code = states.geography_code
            and by_area.known_from = states.known_from
    left join linked_from
        on by_area.linked_return = linked_from.return_name and periods.reference_date = linked_from.reference_date
    where by_area.linked_return is null or linked_from.linked_from is not null

),

flagged as (

    select
        placed.*,
        case when bodies_returned < bodies_expected
            then 'returned_' || cast(bodies_returned as {{ dbt.type_string() }})
                || '_of_' || cast(bodies_expected as {{ dbt.type_string() }})
        end as returned_flag,
        case when linked_return is not null and records > 0
            then 'linked_' || cast(cast(floor(100 * linked_records / records) as {{ dbt.type_int() }})
                as {{ dbt.type_string() }}) || '_percent'
        end as linked_flag
    from placed
    where state_until is null or state_until > state_from

),

in_order as (

    select
        flagged.*,
        lag(state_from) over (partition by {{ figure_key | join(', ') }} order by state_from) as from_before,
        lag(state_until) over (partition by {{ figure_key | join(', ') }} order by state_from) as until_before,
        lag(numerator) over (partition by {{ figure_key | join(', ') }} order by state_from) as numerator_before,
        lag(denominator) over (partition by {{ figure_key | join(', ') }} order by state_from) as denominator_before,
        lag(returned_flag) over (partition by {{ figure_key | join(', ') }} order by state_from) as returned_before
    from flagged

),

-- Saying the same again is not a revision: it stays the row of the receipts that said it first.
numbered as (

    select
        in_order.*,
        sum(
            case
                when from_before is not null
                    and until_before = state_from
                    and numerator = numerator_before
                    and coalesce(denominator, -1) = coalesce(denominator_before, -1)
                    and coalesce(returned_flag, '') = coalesce(returned_before, '')
                    then 0
                else 1
            end
        ) over (partition by {{ figure_key | join(', ') }} order by state_from) as revision
    from in_order

),

revisions as (

    select
        numbered.*,
        row_number() over (partition by {{ figure_key | join(', ') }}, revision order by state_from) as place,
        last_value(state_until) over (
            partition by {{ figure_key | join(', ') }}, revision order by state_from
            rows between unbounded preceding and unbounded following
        ) as known_to
    from numbered

)

select
    metric_id,
    return_name,
    period,
    geography_code,
    geography_vintage,
    period_start,
    period_end,
    {%- for column in cut %}
    {{ column }},
    {%- endfor %}
    numerator,
    denominator,
    bodies_returned,
    bodies_expected,
    coalesce(returned_flag || case when linked_flag is null then '' else ',' || linked_flag end, linked_flag, '')
        as quality_flags,
    receipt_set_id,
    state_from as known_from,
    known_to
from revisions
where place = 1
