// In a process where nobody has imported `currentAgent()`: nothing here may.

import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { agentInContext, keepAgentContext, runAs } from '../src/agent-context.js';
import { Agent, identify } from '../src/agent.js';
import { claimsOf } from './fixtures.js';

const agent = new Agent(identify(readClaims(claimsOf())), 'broker', 0);

describe('the agent of what runs', () => {
  it('is not kept until somebody wants to know', () => {
    expect(runAs(agent, agentInContext)).toBeUndefined();
    keepAgentContext();
    expect(runAs(agent, agentInContext)).toBe(agent);
    expect(runAs(agent, () => runAs(agent, agentInContext))).toBe(agent);
    expect(runAs(agent, () => runAs(undefined, agentInContext))).toBeUndefined();
    expect(agentInContext()).toBeUndefined();
  });
});
