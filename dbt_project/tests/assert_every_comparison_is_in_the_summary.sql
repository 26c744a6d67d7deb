select comparisons.metric_id
from {{ ref('fct_reconciliation') }} as comparisons
left join {{ ref('fct_reconciliation_summary') }} as summary
    on
        comparisons.metric_id = summary.metric_id
        and comparisons.comparison = summary.comparison
        and comparisons.source = summary.source
        and comparisons.other_source = summary.other_source
where summary.metric_id is null
