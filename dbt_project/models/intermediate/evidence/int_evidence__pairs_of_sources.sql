-- One figure as two publications give it; the one that is shown first stands on the left.
select
    'sources' as comparison,
    ours.metric_id,
    ours.unit,
    ours.geography_code,
    ours.geography_basis,
    ours.period_type,
    ours.period_start,
    ours.period_end,
    ours.breakdown_1,
    ours.value_1,
    ours.breakdown_2,
    ours.value_2,
    ours.source,
    theirs.source as other_source,
    ours.value,
    theirs.value as other_value,
    -- Two that are not rounded may be computed from inputs that are: far below what is shown, that is no difference.
    greatest(
        case when ours.step = theirs.step then ours.step / 2 else (ours.step + theirs.step) / 2 end,
        power(10.0, -ours.decimals) / 200
    ) as rounding,
    greatest(ours.step, theirs.step) as coarser_step,
    cast(null as {{ dbt.type_int() }}) as areas_added,
    cast(null as {{ dbt.type_int() }}) as areas_missing
from {{ ref('int_evidence__current') }} as ours
inner join {{ ref('int_evidence__current') }} as theirs
    on
        ours.metric_id = theirs.metric_id
        and ours.geography_code = theirs.geography_code
        and ours.geography_basis = theirs.geography_basis
        and ours.period_type = theirs.period_type
        and ours.period_start = theirs.period_start
        and ours.period_end = theirs.period_end
        and ours.breakdown_1 = theirs.breakdown_1
        and ours.value_1 = theirs.value_1
        and ours.breakdown_2 = theirs.breakdown_2
        and ours.value_2 = theirs.value_2
where
    ours.source_priority < theirs.source_priority
    or (ours.source_priority = theirs.source_priority and ours.source < theirs.source)
