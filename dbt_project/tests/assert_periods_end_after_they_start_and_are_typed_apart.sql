select
    period_type,
    period_start,
    period_end
from {{ ref('dim_period') }}
where
    period_end < period_start
    or (period_type in ('academic_year', 'financial_year', 'calendar_year') and period_end = period_start)
