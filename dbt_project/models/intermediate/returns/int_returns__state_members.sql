{{ config(materialized='table') }}

-- Which submissions stood behind an area at each time. An area with one body has a state for each submission; one with
-- many has that of the end of each day on which something came, or a country would have thousands of revisions.
with expected as (

    select
        bodies.return_name,
        bodies.period,
        areas.wider_code as geography_code,
        count(distinct bodies.body) as bodies_expected
    from {{ ref('int_returns__expected_bodies') }} as bodies
    inner join {{ ref('int_geography__wider_areas') }} as areas on bodies.geography_code = areas.geography_code
    group by bodies.return_name, bodies.period, areas.wider_code

),

submissions as (

    select
        submissions.submission_id,
        submissions.receipt_id,
        submissions.return_name,
        submissions.period,
        submissions.known_from,
        submissions.known_to,
        areas.wider_code as geography_code
    from {{ ref('int_returns__submissions') }} as submissions
    inner join {{ ref('int_geography__wider_areas') }} as areas
        on submissions.geography_code = areas.geography_code

),

events as (

    select distinct
        submissions.return_name,
        submissions.period,
        submissions.geography_code,
        expected.bodies_expected,
        case
            when expected.bodies_expected = 1 then submissions.known_from
            else max(submissions.known_from) over (
                partition by
                    submissions.return_name,
                    submissions.period,
                    submissions.geography_code,
                    cast(submissions.known_from as date)
            )
        end as known_from
    from submissions
    inner join expected
        on
            submissions.return_name = expected.return_name
            and submissions.period = expected.period
            and submissions.geography_code = expected.geography_code

),

states as (

    select
        events.*,
        lead(known_from) over (partition by return_name, period, geography_code order by known_from) as known_to
    from events

)

select
    states.return_name,
    states.period,
    states.geography_code,
    states.bodies_expected,
    states.known_from,
    states.known_to,
    submissions.submission_id,
    submissions.receipt_id
from states
inner join submissions
    on
        states.return_name = submissions.return_name
        and states.period = submissions.period
        and states.geography_code = submissions.geography_code
        and states.known_from >= submissions.known_from
        and (submissions.known_to is null or states.known_from < submissions.known_to)
