import { describe, expect, it } from 'vitest';
import { auditText } from '../../index.ts';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { cloudformationFormat } from './read.ts';

const read = (text: string) => cloudformationFormat.read(sourceOf('t.yaml', text), { text: () => null });
function known(written: string, more = ''): unknown {
  const { document } = read(`Resources:\n  A:\n    Type: AWS::X::Y\n    Properties:\n      P: ${written}\n${more}`);
  return document.resources[0]?.property('P').value;
}

describe('recognition of templates', () => {
  it('goes by resources of AWS', () => {
    expect(recognise('t.yaml', 'Resources:\n  A:\n    Type: AWS::S3::Bucket\n')).toBe('cloudformation');
    expect(recognise('t.template', '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}')).toBe('cloudformation');
  });

  it('leaves other files alone', () => {
    expect(
      cloudformationFormat.recognises(
        'serverless.yml',
        'service: x\nresources:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n',
      ),
    ).toBe(false);
    expect(cloudformationFormat.recognises('main.tf', 'Resources:\n  A:\n    Type: AWS::S3::Bucket\n')).toBe(false);
    expect(cloudformationFormat.recognises('x.yaml', '# AWS::S3::Bucket\nResources:\n')).toBe(false);
    expect(recognise('x.json', '{"Resources": {"a": 1}}')).not.toBe('cloudformation');
  });
});

describe('values of a template', () => {
  const parameters =
    'Parameters:\n  Env: {Type: String, Default: dev}\n  None: {Type: String}\nMappings:\n  M: {dev: {Open: "true"}}\nConditions:\n  Dev: !Equals [!Ref Env, dev]\n  Not: !Not [!Condition Dev]\n  Untold: !Equals [!Ref None, x]\n';

  it('follow defaults, mappings, conditions and functions', () => {
    expect(known('!Ref Env', parameters)).toBe('dev');
    expect(known('{Ref: Env}', parameters)).toBe('dev');
    expect(known('!Sub "a-${Env}"', parameters)).toBe('a-dev');
    expect(known('!FindInMap [M, !Ref Env, Open]', parameters)).toBe(true);
    expect(known('!If [Dev, 1, 2]', parameters)).toBe('1');
    expect(known('!If [Not, 1, !Ref AWS::NoValue]', parameters)).toBeNull();
    expect(known('!Join ["-", [a, !Ref Env]]', parameters)).toBe('a-dev');
    expect(known('{"Fn::If": [Dev, {Ref: Env}, x]}', parameters)).toBe('dev');
  });

  it('are unknown where only the deployment knows them', () => {
    for (const written of [
      '!Ref None',
      '!If [Untold, 1, 2]',
      '!GetAtt B.Arn',
      '!ImportValue x',
      '!Sub "${None}"',
      '!Unheard [1]',
    ]) {
      expect(known(written, parameters), written).toBeUndefined();
    }
    expect(known('!If [Untold, 1, 1]', parameters)).toBe('1');
  });

  it('survive functions that call themselves', () => {
    expect(known('!Ref P', 'Parameters:\n  P: {Default: !Ref P}\n')).toBeUndefined();
    expect(known('!If [C, 1, 2]', 'Conditions:\n  C: !Not [!Condition C]\n')).toBeUndefined();
  });

  it('leave resources out that their defaults do not make', () => {
    const text = `${parameters}Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Condition: Not\n    Properties: {AccessControl: PublicReadWrite}\n`;
    expect(auditText(text).report.findings).toEqual([]);
  });
});

it('joins databases with the security groups before them', () => {
  const text =
    'Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: postgres\n      StorageEncrypted: true\n      PubliclyAccessible: true\n      VPCSecurityGroups: [!Ref G]\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n  Rule:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {GroupId: !Ref G, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 0.0.0.0/0}\n';
  const { document } = read(text);
  const source = sourceOf('t.yaml', text);
  const context = {
    runtimes: [],
    mounted: () => ({ files: [], missing: false }),
    beside: () => [],
    all: () => [],
    unknown: () => undefined,
  };
  const facts = cloudformationFormat.facts?.({ format: 'cloudformation', source, document }, context);
  const [store] = facts?.stores ?? [];
  expect(store).toMatchObject({
    engine: 'postgresql',
    publicAddress: { state: true },
    behind: ['cloudformation:t.yaml:G'],
  });
  expect(facts?.doors?.[0]?.lets(5432, 'host')).toMatchObject({ state: 'open' });
  expect(facts?.doors?.[0]?.lets(3306, 'host')).toMatchObject({ state: 'closed' });
});
