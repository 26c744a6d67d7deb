{{ config(materialized='ephemeral') }}

-- Every body that a return of a period is expected from, once somebody has sent it in.
with periods as (

    select distinct
        return_name,
        body_kind,
        period,
        reference_date
    from {{ ref('int_returns__submissions') }}

)

select distinct
    periods.return_name,
    periods.period,
    periods.reference_date,
    bodies.body_kind,
    bodies.body,
    bodies.body_name,
    bodies.geography_code
from periods
inner join {{ ref('int_returns__bodies') }} as bodies
    on
        periods.body_kind = bodies.body_kind
        and periods.reference_date >= bodies.valid_from
        and (bodies.valid_to is null or periods.reference_date <= bodies.valid_to)
