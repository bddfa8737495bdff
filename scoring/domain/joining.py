"""What this app hangs on the one below, which cannot know of it."""

from consent.domain import arrivals, delivery, jobs, own_pages
from consent.domain import holdings as consent
from consent.domain.ledger.followers import follow
from consent.domain.retention.applying import delete_by, forget_dormant
from consent.domain.retention.due import keep_known, look_for
from consent.models import Job, OutboxMessage, RetentionTerm
from scoring.domain import holdings, leaving, retention
from scoring.domain.campaigns import dry_run, sending
from scoring.domain.scores import rescoring, trials
from scoring.domain.talent_pool import asking, leavers, referring, standing
from scoring.domain.talent_pool import retention as applicants


def join() -> None:
    """Let the copy, erasure, retention and every act in the ledger reach this app, and workers its work."""
    consent.join(holdings=holdings.HOLDINGS, nobodys=holdings.NOBODYS)
    follow(follower=leaving.follow_acts)
    look_for(kind=RetentionTerm.Kind.BEHAVIOUR, question=retention.find_old_behaviour)
    look_for(kind=RetentionTerm.Kind.RECIPIENTS, question=retention.find_old_recipients)
    delete_by(kind=RetentionTerm.Kind.RECIPIENTS, deleting=retention.forget_recipients)
    look_for(kind=RetentionTerm.Kind.JOURNEYS, question=retention.find_old_passages)
    look_for(kind=RetentionTerm.Kind.APPLICATIONS, question=applicants.find_ended_applications)
    delete_by(kind=RetentionTerm.Kind.APPLICATIONS, deleting=applicants.retire_applications)
    look_for(kind=RetentionTerm.Kind.CANDIDATES, question=leavers.find_leavers)
    delete_by(kind=RetentionTerm.Kind.CANDIDATES, deleting=forget_dormant)
    keep_known(tie=leavers.keeps_for_a_while)
    own_pages.offer(finder=standing.find_own_pages)
    arrivals.hear(hearer=referring.hear_arrival)
    jobs.ABOVE[Job.Kind.RESCORING] = rescoring.rescore_chunk
    jobs.ABOVE[Job.Kind.DRY_RUN] = dry_run.count_chunk
    jobs.ABOVE[Job.Kind.TRIAL] = trials.count_chunk
    delivery.MAY_STILL_GO[OutboxMessage.Kind.CAMPAIGN] = sending.may_still_go
    delivery.MAY_STILL_GO[OutboxMessage.Kind.STAY] = asking.may_still_ask
