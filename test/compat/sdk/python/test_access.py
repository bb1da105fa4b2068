from conductor.client.http.rest import AuthorizationException
from flows import Clients, key_of, manual, refusal


def test_keys_are_checked(clients):
    """All other cases log in with a key too: the server lets nobody in without one."""
    clients.registered("guarded", manual("one"))
    workflow_id = clients.start("guarded")

    reader = Clients(key_of("READER"))
    assert reader.run(workflow_id).status == "RUNNING"
    refusal(403, reader.start, "guarded")
    refusal(403, reader.workflows.terminate_workflow, workflow_id)

    identity, _ = key_of("READER")
    try:
        stranger = Clients((identity, "not the secret"))
        stranger.run(workflow_id)
    except AuthorizationException as refused:
        assert refused.status == 401
    else:
        raise AssertionError("was let in with a wrong secret")
