-- Only sets that a figure comes from: of a day's many states of a country, the last one.
select distinct
    states.receipt_set_id,
    members.receipt_id
from {{ ref('int_returns__states') }} as states
inner join {{ ref('int_returns__state_members') }} as members
    on
        states.return_name = members.return_name
        and states.period = members.period
        and states.geography_code = members.geography_code
        and states.known_from = members.known_from
