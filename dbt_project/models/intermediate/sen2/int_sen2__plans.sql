-- Every plan of a submission, issued or carried, with who it is for and what it is for.
with needs as (

    select
        active_plans.submission_id,
        active_plans.requeststableid,
        min(lower(sen_needs.sentype)) as primary_need
    from {{ ref('stg_sen2__active_plans') }} as active_plans
    inner join {{ ref('stg_sen2__sen_needs') }} as sen_needs
        on
            active_plans.submission_id = sen_needs.submission_id
            and active_plans.activeplanstableid = sen_needs.activeplanstableid
    where sen_needs.sentyperank = 1
    group by active_plans.submission_id, active_plans.requeststableid

),

issued as (

    select
        plans.submission_id,
        assessments.requeststableid,
        plans.namedplantableid,
        plans.startdate,
        plans.ceasedate,
        plans.ceasereason,
        coalesce(plans.pb, false) as has_personal_budget,
        coalesce(assessments.week20, false) as exception_applies
    from {{ ref('stg_sen2__named_plans') }} as plans
    inner join {{ ref('stg_sen2__assessments') }} as assessments
        on
            plans.submission_id = assessments.submission_id
            and plans.assessmenttableid = assessments.assessmenttableid

),

-- A plan in force may come without its issue, when that was long ago: its request still tells whose it is.
carried as (

    select
        active_plans.submission_id,
        active_plans.requeststableid,
        active_plans.activeplanstableid as namedplantableid,
        cast(null as date) as startdate,
        cast(null as date) as ceasedate,
        cast(null as {{ dbt.type_string() }}) as ceasereason,
        false as has_personal_budget,
        false as exception_applies
    from {{ ref('stg_sen2__active_plans') }} as active_plans
    left join issued
        on
            active_plans.submission_id = issued.submission_id
            and active_plans.requeststableid = issued.requeststableid
            and issued.ceasedate is null
    where issued.requeststableid is null

),

plans as (

    select * from issued
    union all
    select * from carried

)

select
    plans.submission_id,
    submissions.geography_code,
    submissions.is_current,
    submissions.reference_date,
    submissions.year_start,
    submissions.year_end,
    plans.namedplantableid,
    plans.requeststableid,
    requests.receiveddate,
    plans.startdate,
    plans.ceasedate,
    plans.ceasereason,
    plans.has_personal_budget,
    plans.exception_applies,
    persons.birth_month,
    coalesce(persons.sex, 'unknown') as sex,
    coalesce(persons.free_school_meals, 'unknown') as free_school_meals,
    coalesce(needs.primary_need, 'unknown') as primary_need
from plans
inner join {{ ref('int_returns__submissions') }} as submissions on plans.submission_id = submissions.submission_id
inner join {{ ref('stg_sen2__requests') }} as requests
    on plans.submission_id = requests.submission_id and plans.requeststableid = requests.requeststableid
left join {{ ref('int_sen2__persons') }} as persons
    on plans.submission_id = persons.submission_id and requests.person_id = persons.person_id
left join needs
    on plans.submission_id = needs.submission_id and plans.requeststableid = needs.requeststableid
