-- Requests received in the year before census day, and older ones still open at its end.
with plans as (

    select
        assessments.submission_id,
        assessments.requeststableid,
        max(assessments.assessmentoutcome) as assessmentoutcome,
        max(assessments.assessmentoutcomedate) as assessed_on,
        min(plans.startdate) as plan_from
    from {{ ref('stg_sen2__assessments') }} as assessments
    left join {{ ref('stg_sen2__named_plans') }} as plans
        on
            assessments.submission_id = plans.submission_id
            and assessments.assessmenttableid = plans.assessmenttableid
    group by assessments.submission_id, assessments.requeststableid

),

active as (

    select distinct
        submission_id,
        requeststableid
    from {{ ref('stg_sen2__active_plans') }}

),

requests as (

    select
        submissions.submission_id,
        submissions.geography_code,
        submissions.is_current,
        submissions.year_start as period_start,
        submissions.year_end as period_end,
        requests.person_id,
        requests.requeststableid,
        requests.receiveddate,
        requests.requestoutcome,
        {{ days_between('requests.receiveddate', 'requests.requestoutcomedate') }} as days_to_decision,
        {{ days_between('requests.receiveddate', 'submissions.year_end') }} as days_to_year_end,
        requests.requestoutcome <> 'H' and requests.receiveddate between submissions.year_start and submissions.year_end
            as received,
        case
            when requests.requestoutcome in ('N', 'W') then requests.requestoutcomedate
            when plans.assessmentoutcome in ('N', 'W') then plans.assessed_on
            when plans.plan_from is not null then plans.plan_from
            -- A plan in force whose issue is not in the return was issued before the year.
            when active.requeststableid is not null or requests.requestoutcome = 'H' then requests.receiveddate
        end as closed_on
    from {{ ref('stg_sen2__requests') }} as requests
    inner join {{ ref('int_returns__submissions') }} as submissions
        on requests.submission_id = submissions.submission_id
    left join plans
        on requests.submission_id = plans.submission_id and requests.requeststableid = plans.requeststableid
    left join active
        on requests.submission_id = active.submission_id and requests.requeststableid = active.requeststableid

),

flagged as (

    select
        requests.*,
        received and requestoutcome = 'N' as refused,
        received and requestoutcome in ('Y', 'N') as decided,
        received and requestoutcome in ('Y', 'N') and days_to_decision <= 42 as decided_in_6_weeks,
        days_to_year_end > 140 and (closed_on is null or closed_on > period_end) as open_over_20_weeks
    from requests

)

select
    flagged.submission_id || ' ' || flagged.requeststableid as request_id,
    flagged.submission_id,
    flagged.geography_code,
    flagged.is_current,
    flagged.period_start,
    flagged.period_end,
    coalesce(persons.sex, 'unknown') as sex,
    {{ age_band(years_between('persons.birth_month', 'flagged.receiveddate')) }} as age_band,
    coalesce(persons.primary_need, 'unknown') as primary_need,
    coalesce(persons.sen_provision, 'unknown') as sen_provision,
    coalesce(persons.free_school_meals, 'unknown') as free_school_meals,
    flagged.received,
    flagged.refused,
    flagged.decided,
    flagged.decided_in_6_weeks,
    flagged.open_over_20_weeks
from flagged
left join {{ ref('int_sen2__persons') }} as persons
    on flagged.submission_id = persons.submission_id and flagged.person_id = persons.person_id
where flagged.received or flagged.open_over_20_weeks
