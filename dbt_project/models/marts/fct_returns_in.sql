-- Who has sent in what: every body a return is expected from, whether or not it has come.
select
    expected.return_name,
    returns.title as return_title,
    expected.period,
    expected.reference_date,
    expected.body_kind,
    expected.body,
    expected.body_name,
    expected.geography_code,
    case when submissions.receipt_id is null then 'missing' else 'returned' end as status,
    submissions.receipt_id,
    submissions.known_from as received_at
from {{ ref('int_returns__expected_bodies') }} as expected
inner join {{ ref('stg_returns__returns') }} as returns on expected.return_name = returns.return_name
left join {{ ref('int_returns__submissions') }} as submissions
    on
        expected.return_name = submissions.return_name
        and expected.period = submissions.period
        and expected.body = submissions.body
        and submissions.is_current
