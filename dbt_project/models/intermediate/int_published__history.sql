{%- set figure_key = [
    'metric_id', 'geography_code', 'geography_basis', 'period_type', 'period_start', 'period_end',
    'breakdown_1', 'value_1', 'breakdown_2', 'value_2', 'source',
] -%}

with figures as (

    select
        landed.* {{ except_columns(['geography_code']) }},
        coalesce(current_code.current_code, landed.geography_code) as geography_code,
        releases.received_at
    from {{ ref('stg_published__figures') }} as landed
    left join {{ ref('int_geography__current_code') }} as current_code
        on landed.geography_code = current_code.geography_code
    left join {{ ref('stg_published__releases') }} as releases
        on landed.receipt_id = releases.receipt_id and landed.dataset = releases.dataset

),

-- What a release says about a figure counts from when it was known, whenever the file reached us.
in_order as (

    select
        figures.*,
        lag(known_from) over (partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id)
            as said_before,
        lag(value) over (partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id)
            as value_before,
        lag(numerator) over (partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id)
            as numerator_before,
        lag(denominator) over (partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id)
            as denominator_before,
        lag(status) over (partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id)
            as status_before
    from figures

),

-- Saying the same again is not a revision.
revisions as (

    select *
    from in_order
    where
        said_before is null
        or value is distinct from value_before
        or numerator is distinct from numerator_before
        or denominator is distinct from denominator_before
        or status is distinct from status_before

)

select
    revisions.* {{ except_columns([
        'said_before', 'value_before', 'numerator_before', 'denominator_before', 'status_before', 'received_at',
    ]) }},
    lead(known_from) over (
        partition by {{ figure_key | join(', ') }} order by known_from, received_at, receipt_id
    ) as known_to
from revisions
