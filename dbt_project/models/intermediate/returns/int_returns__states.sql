{{ config(materialized='table') }}

-- One row an area and time: how many bodies had returned, and the set of receipts that its figures come from.
select
    return_name,
    period,
    geography_code,
    known_from,
    known_to,
    bodies_expected,
    count(*) as bodies_returned,
    {{ text_of_set('receipt_id') }} as receipt_set_id
from {{ ref('int_returns__state_members') }}
group by return_name, period, geography_code, known_from, known_to, bodies_expected
