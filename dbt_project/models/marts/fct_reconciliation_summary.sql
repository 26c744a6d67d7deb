select
    comparison,
    metric_id,
    source,
    other_source,
    cast(sum(case when outcome = 'not_compared' then 0 else 1 end) as {{ dbt.type_int() }}) as compared,
    cast(sum(case when outcome = 'agrees' then 1 else 0 end) as {{ dbt.type_int() }}) as agree,
    cast(sum(case when outcome = 'differs' then 1 else 0 end) as {{ dbt.type_int() }}) as differ,
    cast(sum(case when explanation = 'unexplained' then 1 else 0 end) as {{ dbt.type_int() }}) as unexplained,
    cast(sum(case when outcome = 'not_compared' then 1 else 0 end) as {{ dbt.type_int() }}) as not_compared,
    max(case when outcome <> 'not_compared' then abs(difference) end) as largest_difference,
    max(case when outcome <> 'not_compared' then tolerance end) as tolerance,
    case
        when count(distinct case when outcome = 'differs' then explanation end) > 1 then 'Several: see each figure'
        else max(case when outcome = 'differs' then explanation end)
    end as explanation
from {{ ref('fct_reconciliation') }}
group by comparison, metric_id, source, other_source
