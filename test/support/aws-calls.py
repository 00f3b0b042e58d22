"""Calls of AWS through boto3: each line of the input is a call, each line of the output is its answer.

A test in TypeScript asks for services for which the product has no client of its own.
Arguments: the address of the services.
"""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(
            service,
            endpoint_url=sys.argv[1],
            region_name="eu-west-1",
            aws_access_key_id="lab",
            aws_secret_access_key="lab",
        )
    return clients[service]


def answer(call):
    try:
        service = client(call["service"])
        parameters = dict(call["parameters"])
        for name in call.get("binary", []):
            parameters[name] = bytes.fromhex(parameters[name])
        if call.get("paged"):
            pages = service.get_paginator(call["operation"]).paginate(**parameters)
            return {"value": pages.build_full_result()}
        return {"value": getattr(service, call["operation"])(**parameters)}
    except (ClientError, BotoCoreError) as error:
        return {"error": f"{call['service']}.{call['operation']}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), default=str), flush=True)
