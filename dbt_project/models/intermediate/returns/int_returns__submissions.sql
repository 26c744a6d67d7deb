{{ config(materialized='table') }}

with receipts as (

    select
        receipts.*,
        returns.body_kind,
        lead(receipts.received_at) over (
            partition by receipts.return_name, receipts.period, receipts.body
            order by receipts.received_at, receipts.receipt_id
        ) as known_to
    from {{ ref('stg_returns__receipts') }} as receipts
    inner join {{ ref('stg_returns__returns') }} as returns on receipts.return_name = returns.return_name

),

bodies as (

    select * from {{ ref('int_returns__bodies') }}

)

select
    receipts.submission_id,
    receipts.receipt_id,
    receipts.return_name,
    receipts.body_kind,
    receipts.period,
    bodies.body,
    bodies.geography_code,
    receipts.reference_date,
    make_date(cast(extract(year from receipts.reference_date) as {{ dbt.type_int() }}) - 1, 1, 1) as year_start,
    make_date(cast(extract(year from receipts.reference_date) as {{ dbt.type_int() }}) - 1, 12, 31) as year_end,
    receipts.geography_vintage,
    receipts.received_at as known_from,
    receipts.known_to,
    receipts.known_to is null as is_current
from receipts
inner join bodies
    on
        receipts.body_kind = bodies.body_kind
        and (receipts.body = bodies.body or receipts.body = bodies.short_code)
        and receipts.reference_date >= bodies.valid_from
        and (bodies.valid_to is null or receipts.reference_date <= bodies.valid_to)
-- Two receipts of one moment: only the later one was ever current.
where receipts.known_to is null or receipts.known_to > receipts.received_at
